/** A cell. What a spreadsheet would take for a formula is made text: the data comes from strangers. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as RFC 4180 has them. */
export const csv = (rows: (string | number | null | undefined)[][]): string =>
  rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');

/** Let the browser save rows as a file. Excel reads UTF-8 only when the file begins with its mark. */
export function download(name: string, rows: (string | number | null | undefined)[][]): void {
  const url = URL.createObjectURL(new Blob(['\ufeff', csv(rows)], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
