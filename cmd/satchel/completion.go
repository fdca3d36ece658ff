package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// newCompletionCommand writes the scripts out of the commands themselves, so that they
// cannot fall behind.
func newCompletionCommand(u *ui) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a script that completes commands and flags in your shell",
		ArgsUsage: "bash|zsh|fish|powershell",
		Description: manual{
			about: `Prints a script for your shell. With it, the tab key completes commands, flags and
the words that flags take; everything else completes to files.`,
			example: `source <(satchel completion bash)                          bash, in ~/.bashrc
source <(satchel completion zsh)                           zsh, in ~/.zshrc after compinit
satchel completion fish | source                           fish, in config.fish
satchel completion powershell | Out-String | Invoke-Expression    PowerShell, in $PROFILE`,
			exits: []string{doneLine, usageLine},
		}.text(u),
		Action: func(c *cli.Context) error {
			args, err := arguments(c, 1, 1)
			if err != nil {
				return err
			}
			write := completions[args[0]]
			if write == nil {
				err := misuse("no completion for {shell}", quote(args[0]))
				return withHint(err, "there is one for bash, zsh, fish and powershell")
			}
			u.printf("%s", write(words(newApp(&ui{}))))
			return nil
		},
	}
}

// completions are the scripts, by shell.
var completions = map[string]func([]commandWords) string{
	"bash": bashScript, "zsh": zshScript, "fish": fishScript, "powershell": powershellScript,
}

// flagValues are the words that a flag, or a command, takes.
var flagValues = map[string][]string{
	"layout":     {"zip", "folder", "parts"},
	"kind":       strings.Split(kindNames(), ", "),
	"completion": {"bash", "zsh", "fish", "powershell"},
}

// commandWords is what there is to complete after a command.
type commandWords struct {
	name, usage string
	flags       []flagWords
	arguments   []string // the words that it takes; none: files
}

// flagWords is a flag as a shell needs to know it.
type flagWords struct {
	name, short, usage string
	takesValue         bool
	values             []string // the words that it takes; none: files, or anything
}

// words collects what can be completed.
func words(app *cli.App) []commandWords {
	var all []commandWords
	var names []string
	for _, c := range app.Commands {
		names = append(names, c.Name)
		w := commandWords{name: c.Name, usage: c.Usage, arguments: flagValues[c.Name]}
		for _, f := range c.Flags {
			w.flags = append(w.flags, newFlagWords(f))
		}
		w.flags = append(w.flags, flagWords{name: "help", short: "h", usage: "show how to use it"})
		all = append(all, w)
	}
	for i := range all {
		if all[i].name == "help" {
			all[i].arguments = names
		}
	}
	return all
}

// newFlagWords takes from a flag what its help says.
func newFlagWords(f cli.Flag) flagWords {
	w := flagWords{name: f.Names()[0], takesValue: takesValue(f), values: flagValues[f.Names()[0]]}
	if names := f.Names(); len(names) > 1 {
		w.short = names[1]
	}
	if d, ok := f.(cli.DocGenerationFlag); ok {
		_, usage := placeholder(d.GetUsage())
		w.usage = strings.Join(strings.Fields(usage), " ")
	}
	return w
}

// options lists the flags as they are typed.
func (w *commandWords) options() []string {
	var list []string
	for _, f := range w.flags {
		list = append(list, "--"+f.name)
		if f.short != "" {
			list = append(list, "-"+f.short)
		}
	}
	return list
}

// bashScript leaves files to bash itself, which it falls back on when nothing else fits.
func bashScript(commands []commandWords) string {
	var names []string
	var cases, values strings.Builder
	for _, c := range commands {
		names = append(names, c.name)
		fmt.Fprintf(&cases, "        %s) flags=%q; words=%q ;;\n", c.name,
			strings.Join(c.options(), " "), strings.Join(c.arguments, " "))
		for _, f := range c.flags {
			if len(f.values) > 0 {
				fmt.Fprintf(&values, "        %s:--%s) words=%q; flags= ;;\n", c.name, f.name,
					strings.Join(f.values, " "))
			}
		}
	}
	return fmt.Sprintf(`# bash completion for satchel
_satchel() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
    local command=${COMP_WORDS[1]} flags= words=
    COMPREPLY=()
    # bash takes --flag=value apart at the sign
    if [[ $current == = ]]; then current=
    elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}
    fi
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "%s" -- "$current"))
        return
    fi
    case $command in
%s    esac
    case $command:$before in
%s    esac
    if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$flags" -- "$current"))
    elif [[ $words ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
    fi
}
complete -o default -F _satchel satchel
`, strings.Join(names, " "), cases.String(), values.String())
}

// zshScript works sourced, and as the file _satchel on fpath.
func zshScript(commands []commandWords) string {
	var list, cases strings.Builder
	for _, c := range commands {
		fmt.Fprintf(&list, "        %s\n", zshQuote(c.name+":"+c.usage))
		fmt.Fprintf(&cases, "        %s)\n            _arguments -S \\\n", c.name)
		for _, f := range c.flags {
			for _, name := range f.spellings() {
				fmt.Fprintf(&cases, "                %s \\\n", zshQuote("*"+name+f.zsh(name)))
			}
		}
		rest := "*:file:_files"
		if len(c.arguments) > 0 {
			rest = "*:word:(" + strings.Join(c.arguments, " ") + ")"
		}
		fmt.Fprintf(&cases, "                %s\n            ;;\n", zshQuote(rest))
	}
	return fmt.Sprintf(`#compdef satchel
# zsh completion for satchel
_satchel() {
    local -a commands
    commands=(
%s    )
    if ((CURRENT == 2)); then
        _describe command commands
        return
    fi
    local command=$words[2]
    shift words
    ((CURRENT--))
    case $command in
%s    esac
}
# In a file on fpath this is the function itself; sourced, it has to be made known.
if [[ $funcstack[1] == _satchel ]]; then
    _satchel "$@"
else
    compdef _satchel satchel
fi
`, list.String(), cases.String())
}

// spellings are the ways to type a flag.
func (f *flagWords) spellings() []string {
	if f.short == "" {
		return []string{"--" + f.name}
	}
	return []string{"--" + f.name, "-" + f.short}
}

// zsh is what stands behind a flag's name in an _arguments specification. With "=" the
// value may be a part of the word or the next one, and so it may with "+".
func (f *flagWords) zsh(name string) string {
	joint := "+"
	if strings.HasPrefix(name, "--") {
		joint = "="
	}
	text := strings.NewReplacer("[", "(", "]", ")", ":", ",").Replace(f.usage)
	switch {
	case !f.takesValue:
		return "[" + text + "]"
	case len(f.values) > 0:
		return joint + "[" + text + "]:value:(" + strings.Join(f.values, " ") + ")"
	}
	return joint + "[" + text + "]:value:_files"
}

func zshQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// fishScript has one line for each word that can be completed.
func fishScript(commands []commandWords) string {
	var b strings.Builder
	b.WriteString("# fish completion for satchel\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "complete -c satchel -n __fish_use_subcommand -f -a %s -d %s\n",
			c.name, fishQuote(c.usage))
	}
	for _, c := range commands {
		when := fishQuote("__fish_seen_subcommand_from " + c.name)
		if len(c.arguments) > 0 {
			fmt.Fprintf(&b, "complete -c satchel -n %s -f -a %s\n", when,
				fishQuote(strings.Join(c.arguments, " ")))
		}
		for _, f := range c.flags {
			fmt.Fprintf(&b, "complete -c satchel -n %s -l %s%s\n", when, f.name, f.fish())
		}
	}
	return b.String()
}

// fish is what stands behind a flag's name in a line for fish.
func (f *flagWords) fish() string {
	s := ""
	if f.short != "" {
		s += " -s " + f.short
	}
	if len(f.values) > 0 {
		s += " -x -a " + fishQuote(strings.Join(f.values, " "))
	} else if f.takesValue {
		s += " -r"
	}
	return s + " -d " + fishQuote(f.usage)
}

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// powershellScript looks up the word before, then the command, in two tables.
func powershellScript(commands []commandWords) string {
	var names []string
	var flags, values strings.Builder
	for _, c := range commands {
		names = append(names, powershellQuote(c.name))
		fmt.Fprintf(&flags, "        %s = %s\n", powershellQuote(c.name), powershellList(c.options()))
		if len(c.arguments) > 0 {
			fmt.Fprintf(&values, "        %s = %s\n", powershellQuote(c.name), powershellList(c.arguments))
		}
		for _, f := range c.flags {
			if len(f.values) > 0 {
				fmt.Fprintf(&values, "        %s = %s\n", powershellQuote(c.name+" --"+f.name),
					powershellList(f.values))
			}
		}
	}
	return fmt.Sprintf(`# PowerShell completion for satchel
Register-ArgumentCompleter -Native -CommandName satchel, satchel.exe -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $commands = @(%s)
    $flags = @{
%s    }
    $values = @{
%s    }
    $elements = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })
    if ($wordToComplete -and $elements.Count -gt 1) {
        $elements = @($elements[0..($elements.Count - 2)])
    }
    $words = $commands
    if ($elements.Count -gt 1) {
        $command = $elements[1]
        $words = $values["$command $($elements[-1])"]
        if (-not $words) {
            $words = @($flags[$command]) + @($values[$command])
        }
    }
    $words | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
`, strings.Join(names, ", "), flags.String(), values.String())
}

func powershellList(words []string) string {
	quoted := slices.Clone(words)
	for i, w := range quoted {
		quoted[i] = powershellQuote(w)
	}
	return "@(" + strings.Join(quoted, ", ") + ")"
}

func powershellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
