/** The command line in a form that can be given to a POSIX shell. */
export function commandLineOf(argv: readonly string[]): string {
  return ['tflite-gate', ...argv].map(quoted).join(' ');
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
