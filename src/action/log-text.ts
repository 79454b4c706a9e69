/**
 * Text for the job's log in which the runner sees no commands: it obeys lines that begin with `::`, and `##[` anywhere,
 * and names in a model or a path can be anything.
 */
export function withoutCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1: ').replaceAll('##[', '# #[');
}
