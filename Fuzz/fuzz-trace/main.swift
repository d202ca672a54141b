import FuzzHarnesses
import FuzzSupport
import Glibc

exit(fuzzOrReplay(.trace))
