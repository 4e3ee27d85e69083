export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** What people expect of a pipe, where nothing tells a size. */
const PIPE: TerminalSize = { columns: 100, rows: 40 }
/** A terminal that does not know its size says 0, as one without a window does. */
const UNKNOWN_TERMINAL: TerminalSize = { columns: 80, rows: 24 }

/** @returns What the stream says, else `COLUMNS` and `LINES`, else the usual size of a terminal or a pipe. */
export function sizeOf(
  stream: { readonly isTTY: boolean | undefined } & Partial<TerminalSize>,
  env: NodeJS.ProcessEnv,
): TerminalSize {
  const fallback = stream.isTTY === true ? UNKNOWN_TERMINAL : PIPE
  return {
    columns: countOf(stream.columns) ?? countOf(env['COLUMNS']) ?? fallback.columns,
    rows: countOf(stream.rows) ?? countOf(env['LINES']) ?? fallback.rows,
  }
}

function countOf(value: number | string | undefined): number | null {
  const count = Number(value)
  return Number.isInteger(count) && count > 0 ? count : null
}
