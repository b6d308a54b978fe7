# bash completion of liftgraph: source <(liftgraph completion bash)
_liftgraph() {
  local line=${COMP_LINE:0:COMP_POINT} full cur=${COMP_WORDS[COMP_CWORD]} word IFS=$' \t\n'
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  full=${words[${#words[@]}-1]}
  [[ $cur == [:=]* ]] && cur= # bash splits words at these
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    word=${word#"${full%"$cur"}"}
    COMPREPLY+=("$(printf %q "$word")")
  done < <("${words[0]}" __complete "${words[@]:1}" 2> /dev/null)
}
complete -o default -o bashdefault -F _liftgraph liftgraph
