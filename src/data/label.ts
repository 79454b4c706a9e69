/** Key of the data that holds the right class, or value, of each row. */
export const LABEL = 'label';
