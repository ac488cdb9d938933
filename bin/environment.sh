# What run.sh and bin/vertx share, to be sourced with $home set: a jar that is up to date, an
# archive of its classes, and the options of the JVM. Sets $java, $jar, and the arrays $server
# (options of a JVM with a server in it), $small (of any other) and $shared (of both).

jar=$home/target/raftkv.jar

java=${JAVA_HOME:+$JAVA_HOME/bin/java}
java=${java:-$(command -v java || true)}
if [ ! -x "$java" ]; then
  echo "there is no java: install a JDK, 17 or newer, or set JAVA_HOME" >&2
  exit 2
fi

is_built() {
  [ -f "$jar" ] && [ -z "$(find "$home/pom.xml" "$home/src" -newer "$jar" -print -quit)" ]
}

# Maven ends its colours even where it was told to use none.
without_colours() {
  sed $'s/\e\\[[0-9;]*m//g'
}

build() {
  echo "raftkv is not built yet, or its source is newer: building it, which takes a minute" >&2
  if ! (cd "$home" && mvn -q -B -ntp -Dstyle.color=never -DskipTests -Dspotless.check.skip=true package 2>&1 \
    | without_colours >&2); then
    rm -f "$jar"
    echo "the build failed, as said above; to see it again: cd $home && mvn package" >&2
    exit 1
  fi
}

# A class archive belongs to one JVM and one place of the jar; any other ignores it.
archive_file() {
  local release version
  release=$(dirname -- "$(dirname -- "$(readlink -f -- "$java")")")/release
  version=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"/\1/p' "$release" 2>/dev/null)
  [ -z "$version" ] || echo "$home/target/classes-$version-$(cksum <<<"$jar" | cut -d' ' -f1).jsa"
}

make_archive() {
  local new=$archive.new
  "$java" "${collector[@]}" -Xmx256m -XX:ArchiveClassesAtExit="$new" \
    -cp "$jar" io.raftkv.launcher.Rehearsal >"$home/target/archive.log" 2>&1 </dev/null || true
  # An empty one says that it cannot be made here: starts are slower, that is all.
  "$java" -XX:SharedArchiveFile="$new" -Xshare:on -cp "$jar" io.raftkv.Main --version \
    >>"$home/target/archive.log" 2>&1 </dev/null || : >"$new"
  sync -- "$new" 2>/dev/null || true
  mv -f "$new" "$archive"
}

prepare() {
  is_built || build
  [ -z "$archive" ] || [ "$archive" -nt "$jar" ] || make_archive
}

read -r -a more <<<"${RAFTKV_JAVA_OPTS:-}" || true
collector=(-XX:+UseG1GC)
huge=()
if grep -qsF -e '[always]' -e '[madvise]' /sys/kernel/mm/transparent_hugepage/enabled; then
  huge=(-XX:+UseTransparentHugePages)
fi
heap=(-Xms128m -Xmx3g)
for option in "${more[@]}"; do
  case $option in
    -XX:+Use*GC) collector=() ;;
    -Xm[sxn]* | -XX:*Heap* | -XX:*RAM* | -XX:*New*) heap=() ;;
  esac
done
archive=$(archive_file)

# One at a time: whoever comes while another builds waits, and finds everything done.
mkdir -p "$home/target"
if command -v flock >/dev/null; then
  exec 9>"$home/target/.lock"
  flock 9
  prepare 9>&-
  exec 9>&-
else
  prepare
fi

shared=(-XX:-UsePerfData "-Draftkv.home=$home")
if [ -n "$archive" ] && [ -s "$archive" ]; then
  shared+=("-XX:SharedArchiveFile=$archive" "-Xlog:cds*=off" "-Draftkv.archive=$archive")
fi
server=(-Xss512k -XX:+ExitOnOutOfMemoryError "${huge[@]}" "${collector[@]}" "${heap[@]}" "${more[@]}")
small=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m)
