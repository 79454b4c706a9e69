declare module 'jstat' {
  /** Of what jStat exports, the functions that are used here. */
  const jStat: {
    /** Natural logarithm of the gamma function. */
    gammaln(x: number): number;
    /** The regularised incomplete beta function, to about 7 digits. */
    ibeta(x: number, a: number, b: number): number;
    readonly normal: {
      cdf(x: number, mean: number, deviation: number): number;
      inv(p: number, mean: number, deviation: number): number;
    };
    readonly studentt: { cdf(x: number, freedom: number): number; inv(p: number, freedom: number): number };
  };
  export default jStat;
}
