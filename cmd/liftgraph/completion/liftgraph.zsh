#compdef liftgraph
# zsh completion of liftgraph: liftgraph completion zsh > "${fpath[1]}/_liftgraph"
_liftgraph() {
  local -a candidates
  local word meaning
  while IFS=$'\t' read -r word meaning; do
    candidates+=("${word//:/\\:}${meaning:+:$meaning}")
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2> /dev/null)
  if (( ${#candidates} )); then
    _describe liftgraph candidates
  else
    _files
  fi
}
if [ "$funcstack[1]" = _liftgraph ]; then
  _liftgraph "$@"
else
  compdef _liftgraph liftgraph
fi
