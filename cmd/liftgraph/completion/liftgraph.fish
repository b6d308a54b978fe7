# fish completion of liftgraph: liftgraph completion fish > ~/.config/fish/completions/liftgraph.fish
function __liftgraph_complete
    set -l words (commandline -opc)
    set -l found ($words[1] __complete $words[2..] (commandline -ct) 2> /dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c liftgraph -f -a '(__liftgraph_complete)'
