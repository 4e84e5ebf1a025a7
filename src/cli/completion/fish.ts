import { type Case, type Cases, stepsOf } from './cases.ts';
import type { Values } from './facts.ts';
import { indented } from './shell-case.ts';

/** A script for fish 3.4 and newer: it prints what may stand at the cursor, with descriptions. */
export function fishScript(cases: Cases): string {
  const { optionValues, placeValues, subcommands, options } = cases;
  const steps = stepsOf(cases, {
    option: 'set option $word',
    command: 'set command (string trim -- "$command $word")',
    place: 'set place (math $place + 1)',
  });
  return `# fish completion of pp-db-collector: pp-db-collector completion fish | source
function __pp_db_collector_offers
    set -l command ''
    set -l option ''
    set -l config
    set -l place 0
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    for word in $typed[2..-1]
        if test -n "$option"
            if test "$option" = --config
                set config --config $word
            end
            set option ''
            continue
        end
        if string match -q -- '--config=*' $word
            set config $word
        end
${fishSwitch('"$command $word"', steps, (step) => step, 2)}
    end
    set -l prefix ''
    if test -z "$option"; and string match -q -- '--*=*' "$current"
        set option (string replace -r '=.*' '' -- $current)
        set prefix $option=
    end
    if test -n "$option"
${fishSwitch('"$command $option"', optionValues, offer, 2)}
    else if string match -q -- '-*' "$current"
${fishSwitch(
  '"$command"',
  options,
  (each) => described(each.flatMap(({ flags, description }) => flags.map((name) => ({ name, description })))),
  2,
)}
    else
${fishSwitch('"$command"', subcommands, described, 2)}
${fishSwitch('"$command $place"', placeValues, offer, 2)}
    end
end
complete -c pp-db-collector -e
complete -c pp-db-collector -f -a '(__pp_db_collector_offers)'
`;
}

function fishSwitch<T>(
  subject: string,
  cases: readonly Case<T>[],
  body: (value: T) => string,
  depth: number,
): string {
  const lines = cases.flatMap(({ texts, value }) => [
    `  case ${texts.map(quoted).join(' ')}`,
    ...[body(value)].filter((line) => line !== '').map((line) => `    ${line}`),
  ]);
  return indented([`switch ${subject}`, ...lines, 'end'], depth * 2);
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** fish reads what stands behind a tab as the description. */
const described = (offers: readonly { readonly name: string; readonly description: string }[]): string =>
  `printf '%s\\t%s\\n' ${offers.map(({ name, description }) => `${name} ${quoted(description)}`).join(' ')}`;

function offer(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `printf '%s\\n' ${values.words.map((word) => `$prefix${quoted(word)}`).join(' ')}`;
    case 'jobs':
      return '$typed[1] $config job-names 2>/dev/null';
    case 'files':
      return '__fish_complete_path "$(string replace -- $prefix \'\' $current)"';
    case 'folders':
      return '__fish_complete_directories "$current"';
    case 'anything':
      return '';
  }
}
