# Sourced. copy_c_library PROGRAM FROM TO: the loader and the libraries that a program names, from the directory FROM, into an
# empty root TO. Debian's loader looks in /lib, Red Hat's in /lib64.
copy_c_library() {
  loader=$(readelf -W -l "$1" | sed -n 's/.*program interpreter: \(.*\)\]$/\1/p')
  mkdir -p "$3/lib"
  ln -sfn lib "$3/lib64"
  for library in "${loader##*/}" $(readelf -W -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'); do
    cp -L "$2/$library" "$3/lib/"
    chmod 755 "$3/lib/$library"
  done
  # Its licences, where Debian keeps them.
  [ ! -f /usr/share/doc/libc6/copyright ] || {
    mkdir -p "$3/usr/share/doc/libc6"
    cp /usr/share/doc/libc6/copyright "$3/usr/share/doc/libc6/"
    chmod 644 "$3/usr/share/doc/libc6/copyright"
  }
}
