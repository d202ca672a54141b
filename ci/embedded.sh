# shellcheck shell=bash
# Compiles a module as firmware would, for the scripts beside it.

# embedded TRIPLE MODULE FOLDER OBJECT [ARGUMENT…]: Embedded Swift; for AArch64 without floating-point registers.
embedded() {
  local target=$1 module=$2 folder=$3 object=$4 flags=() sources
  shift 4
  case $target in
    aarch64-none-none-elf) flags=(-Xcc -mgeneral-regs-only) ;;
  esac
  mapfile -t sources < <(find "$folder" -name '*.swift' | sort)
  swiftc -enable-experimental-feature Embedded -wmo -parse-as-library -O \
    -target "$target" "${flags[@]}" -Xfrontend -disable-stack-protector \
    -package-name sharecheck -module-name "$module" \
    "$@" -c "${sources[@]}" -o "$object"
}

# needs_only_what_firmware_has OBJECT: what the Embedded standard library may want of the C library.
needs_only_what_firmware_has() {
  local object=$1 symbol
  local allowed=' memcpy memset memmove free posix_memalign arc4random_buf '
  for symbol in $(nm --undefined-only "$object" | awk '{print $2}'); do
    case "$allowed" in
      *" $symbol "*) ;;
      *) echo "embedded: the core needs $symbol, which firmware does not have" >&2; exit 1 ;;
    esac
  done
}
