/** Texts of the component page: short, long and in Chinese, as runs bring them. They are data, not the product's words. */
export const LONG_URL =
  'https://archive.example.org/collections/maps/sheets/1893/north-west/very-long-name-without-any-space-that-a-browser-could-break-at?session=0f3b9a7c5d&page=100000&order=descending'

export const LONG_TEXT =
  'The connection was closed by archive.example.org before the whole body had arrived: 18,204 of 65,536 bytes. The limit of 3 attempts is reached.'

export const CHINESE_TEXT =
  '连接在正文接收完之前被 archive.example.org 关闭：65,536 字节中只收到 18,204 字节，已达到 3 次尝试的上限。'

export const COLUMNS = [
  { key: 'index', label: '#', width: 96, align: 'end', sortable: true },
  { key: 'outcome', label: 'Outcome', width: 112 },
  { key: 'input', label: 'URL', width: 'grow' },
  { key: 'status', label: 'Status', width: 80, align: 'end', sortable: true },
  { key: 'total', label: 'Time', width: 104, align: 'end', sortable: true },
] as const

/** Where each row's figures come from: the same for the same row, so that screenshots agree. */
export function sampleRow(row: number): {
  readonly isOk: boolean
  readonly input: string
  readonly status: number
  readonly totalMs: number
} {
  const mixed = (row * 2_654_435_761) % 4_294_967_296
  const isOk = mixed % 9 !== 0
  return {
    isOk,
    input: row % 7 === 3 ? LONG_URL : `https://example.org/${row % 5 === 2 ? '论文/并发' : 'papers'}/${row}`,
    status: isOk ? 200 : 503,
    totalMs: 20 + (mixed % 4_000) / 10,
  }
}

/** Points of a line that looks measured: two slow waves and a step when more is in flight. */
export function sampleLine(base: number, sway: number, stepAtMs: number, factor: number): Float64Array {
  const points = new Float64Array(2 * 300)
  for (let index = 0; index < 300; index += 1) {
    const atMs = index * 200
    const wave = Math.sin(index / 9) * 0.6 + Math.sin(index / 2.3) * 0.4
    points[index * 2] = atMs
    points[index * 2 + 1] = (base + sway * wave) * (atMs < stepAtMs ? 1 : factor)
  }
  return points
}
