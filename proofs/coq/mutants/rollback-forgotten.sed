# Sharer.v: a refill that fails leaves shared what it had shared
s/let \(failed, l\) := take_back done l in/let failed := @nil nat in/
