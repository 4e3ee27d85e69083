import {
  CPU_LANE,
  STREAM_CELL_BYTES,
  STREAM_PHASES,
  type StreamPhase,
  type StreamWindow,
} from '../../../shared/model/task-stream.ts'
import { CELL_MARK, CELL_MARK_AT } from '../../../shared/model/task-stream.ts'
import { PIECE_PHASE, PIECES, pieceEnds } from '../../../shared/stream/span-pieces.ts'
import type { ChartMarker } from '../chart-data.ts'
import type { ChartTheme } from '../theme.ts'
import { laneName, spanCountOf, spanFacts } from './stream-data.ts'
import { PHASE_HEIGHT, streamColours } from './stream-colours.ts'
import { timeMarks } from './time-marks.ts'

export interface StreamSvg {
  readonly data: StreamWindow
  readonly fromMs: number
  readonly toMs: number
  readonly isSpread: boolean
  readonly theme: ChartTheme
  readonly markers: readonly ChartMarker[]
  readonly title: string
  readonly words: {
    readonly worker: (worker: number) => string
    readonly phases: Readonly<Record<StreamPhase | 'failed', string>>
  }
}

const WIDTH = 1_600
const GUTTER = 110
const HEAD = 64
const FOOT = 28
const ROW = 14

/** @returns The picture of a window of time as a document of its own, one path for each phase. */
export function streamSvg(picture: StreamSvg): string {
  const { data, theme, title } = picture
  const colours = streamColours(theme)
  const rows = data.lanes.length / 2
  const height = HEAD + rows * ROW + FOOT
  const paths = pathsOf(picture)
  const drawn = [...STREAM_PHASES, 'failed' as const]
    .filter(name => paths[name] !== '')
    .map(
      name => `<path fill="${colours[name]}"${name === 'other' ? ' opacity=".45"' : ''} d="${paths[name]}"/>`,
    )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${escaped(theme.font)}" font-size="11">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="${theme.surface}"/>`,
    `<text x="8" y="20" font-size="14" fill="${theme.text}">${escaped(title)}</text>`,
    ...legendOf(picture),
    ...axisOf(picture, HEAD + rows * ROW),
    ...drawn,
    ...namesOf(picture),
    ...markersOf(picture, HEAD + rows * ROW),
    '</svg>\n',
  ].join('\n')
}

const rounded = (value: number): number => Math.round(value * 10) / 10

function scaleOf({ fromMs, toMs }: StreamSvg): (ms: number) => number {
  return ms => GUTTER + ((ms - fromMs) / (toMs - fromMs)) * (WIDTH - GUTTER - 8)
}

function pathsOf(picture: StreamSvg): Record<StreamPhase | 'failed', string> {
  const paths: Record<StreamPhase | 'failed', string> = {
    ...{ cpu: '', connect: '', firstByte: '', body: '', other: '', failed: '' },
  }
  const x = scaleOf(picture)
  const add = (
    name: StreamPhase | 'failed',
    fromMs: number,
    toMs: number,
    y: number,
    height: number,
  ): void => {
    const from = Math.max(GUTTER, x(fromMs))
    const width = Math.max(0.3, Math.min(WIDTH - 8, x(toMs)) - from)
    if (from > WIDTH - 8 || x(toMs) < GUTTER) return
    paths[name] += `M${rounded(from)} ${rounded(y)}h${rounded(width)}v${rounded(height)}h${-rounded(width)}z`
  }
  if (picture.data.spans === null) addBins(picture, add)
  else addSpans(picture, add)
  return paths
}

type Add = (name: StreamPhase | 'failed', fromMs: number, toMs: number, y: number, height: number) => void

function addSpans({ data, isSpread }: StreamSvg, add: Add): void {
  const ends = new Float64Array(PIECES)
  const used = ROW - 2
  for (let at = 0; at < spanCountOf(data); at += 1) {
    const { row, lane, startMs, endMs, phases, hasFailed } = spanFacts(data, at)
    const bottom = HEAD + (row - data.firstLane + 1) * ROW - 1
    const box = (phase: StreamPhase, fromMs: number, toMs: number, share: number): void =>
      add(phase, fromMs, toMs, bottom - used * share, used * share)
    if (lane === CPU_LANE) box('cpu', startMs, endMs, 1)
    else if (isSpread) {
      const share = Math.min(1, phases.cpu / (endMs - startMs || 1))
      box('cpu', startMs, endMs, share)
      add(
        'firstByte',
        startMs,
        endMs,
        bottom - used * (share + 0.55 * (1 - share)),
        used * 0.55 * (1 - share),
      )
    } else {
      const known = {
        cpuMs: phases.cpu,
        connectMs: phases.connect,
        firstByteMs: phases.firstByte,
        bodyMs: phases.body,
      }
      pieceEnds(known, startMs, endMs, ends)
      let fromMs = startMs
      for (let piece = 0; piece < PIECES; piece += 1) {
        const phase = STREAM_PHASES[PIECE_PHASE[piece]!]!
        if (ends[piece]! > fromMs) box(phase, fromMs, ends[piece]!, PHASE_HEIGHT[phase])
        fromMs = ends[piece]!
      }
    }
    if (hasFailed && lane !== CPU_LANE) add('failed', startMs, endMs, bottom - used, 2)
  }
}

function addBins({ data }: StreamSvg, add: Add): void {
  const { fromMs, binMs, count, cells } = data.bins!
  const used = ROW - 2
  for (let cell = 0; cell * STREAM_CELL_BYTES < cells.length; cell += 1) {
    const at = cell * STREAM_CELL_BYTES
    const mark = cells[at + CELL_MARK_AT]!
    if (mark === 0) continue
    const startMs = fromMs + (cell % count) * binMs
    let bottom = HEAD + (Math.floor(cell / count) + 1) * ROW - 1
    const top = bottom - used
    for (const phase of ['cpu', 'body', 'firstByte', 'connect', 'other'] as const) {
      const height = (cells[at + STREAM_PHASES.indexOf(phase)]! / 255) * used
      if (height <= 0) continue
      add(phase, startMs, startMs + binMs, bottom - height, height)
      bottom -= height
    }
    if ((mark & CELL_MARK.failed) !== 0) add('failed', startMs, startMs + binMs, top, 2)
  }
}

function legendOf({ theme, words, data, isSpread }: StreamSvg): string[] {
  const colours = streamColours(theme)
  let x = 8
  const names = [...STREAM_PHASES, 'failed' as const].filter(
    name => !isSpread || name === 'cpu' || name === 'firstByte' || name === 'failed',
  )
  void data
  return names.map(name => {
    const at = x
    x += 34 + words.phases[name].length * 9
    return `<rect x="${at}" y="32" width="12" height="9" fill="${colours[name]}"/><text x="${at + 17}" y="40" fill="${theme.textDim}">${escaped(words.phases[name])}</text>`
  })
}

function axisOf(picture: StreamSvg, bottom: number): string[] {
  const { theme, fromMs, toMs } = picture
  const x = scaleOf(picture)
  return timeMarks(fromMs, toMs, 14).map(({ atMs, label }) => {
    const at = rounded(x(atMs))
    return `<path stroke="${theme.line}" d="M${at} ${HEAD}V${bottom}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle" fill="${theme.textDim}">${label}</text>`
  })
}

function namesOf({ data, theme, words }: StreamSvg): string[] {
  return Array.from({ length: data.lanes.length / 2 }, (_, at) => {
    const [worker, lane] = [data.lanes[at * 2]!, data.lanes[at * 2 + 1]!]
    const y = HEAD + at * ROW + 11
    const isFirst = at === 0 || data.lanes[at * 2 - 2] !== worker
    const name = isFirst
      ? `<text x="8" y="${y}" fill="${theme.text}">${escaped(words.worker(worker))}</text>`
      : ''
    return `${name}<text x="${GUTTER - 8}" y="${y}" text-anchor="end" fill="${theme.textFaint}">${laneName(lane)}</text>`
  })
}

function markersOf(picture: StreamSvg, bottom: number): string[] {
  const x = scaleOf(picture)
  return picture.markers
    .filter(({ atMs }) => atMs >= picture.fromMs && atMs <= picture.toMs)
    .map(({ atMs, label, tone }) => {
      const [at, colour] = [rounded(x(atMs)), picture.theme.lines[tone]]
      return `<path stroke="${colour}" d="M${at} ${HEAD - 4}V${bottom}"/><text x="${at}" y="${HEAD - 8}" text-anchor="middle" fill="${colour}">${escaped(label)}</text>`
    })
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, sign => ESCAPES[sign]!)
