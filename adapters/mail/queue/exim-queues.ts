/**
 * Sets $x (Exim's binary) and $queues (the names of its named queues, as words): each is a folder of the spool that has an
 * `input` of its own (spec.txt, "Named queues"). Who may not look into the spool finds none. No name can hold a blank, or be
 * taken for an option or a path.
 */
export const EXIM_QUEUES = `x=$(command -v exim4 || command -v exim) || { echo "exim is not installed" >&2; exit 127; }
spool=$("$x" -bP spool_directory 2>/dev/null | sed -n 's/^spool_directory = //p'); queues=
for folder in "$spool"/*/input; do
  [ -n "$spool" ] && [ -d "$folder" ] || continue
  queue=\${folder%/input}; queue=\${queue##*/}
  case $queue in [!A-Za-z0-9_]* | *[!A-Za-z0-9_.-]*) ;; *) queues="$queues $queue" ;; esac
done`;
