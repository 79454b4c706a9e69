/** Why a value of the data is not what an input takes; continues "'KEY': ". */
export class ValueMismatch extends Error {
  readonly help: readonly string[];

  constructor(message: string, ...help: string[]) {
    super(message);
    this.name = 'ValueMismatch';
    this.help = help;
  }
}
