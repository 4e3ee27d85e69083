import {
  CPU_LANE,
  STREAM_PHASES,
  STREAM_SPAN,
  STREAM_SPAN_WIDTH,
  type StreamWindow,
} from '../../../shared/model/task-stream.ts'
import { PIECE_PHASE, PIECES, pieceEnds } from '../../../shared/stream/span-pieces.ts'
import type { PlacedMarker } from '../chart-data.ts'
import type { ChartTheme } from '../theme.ts'
import { paintBins } from './bin-pixels.ts'
import { xOf, yOf, LOOP_PX, MARKERS_PX, type StreamLayout } from './layout.ts'
import { hasFailed, laneName, spanCountOf } from './stream-data.ts'
import { pixelColours, PHASE_HEIGHT, streamColours } from './stream-colours.ts'
import { timeMarks } from './time-marks.ts'
import type { StreamView } from './viewport.ts'

const MARK_GAP_PX = 84
const LANE_NAME_PX = 12
const HATCH_PX = 4

/** Everything of one picture. */
export interface StreamScene {
  readonly layout: StreamLayout
  readonly view: StreamView
  readonly theme: ChartTheme
  readonly data: StreamWindow | null
  /** CPU is known by its amount only: drawn as a share of each span's height. */
  readonly isSpread: boolean
  /** `[untilMs, ratio, …]`: how busy event loops were up to then; empty where lanes tell. */
  readonly loop: Float64Array
  readonly markers: readonly PlacedMarker[]
  readonly words: { readonly worker: (worker: number) => string; readonly loop: string }
  /** Spans of the answer to be outlined: what is pointed at, what is chosen. */
  readonly pointed: number
  readonly chosen: number
}

interface BinPicture {
  readonly key: string
  readonly canvas: HTMLCanvasElement
}

/** Draws what is seen of the execution path onto a canvas, whose pixels are those of the screen. */
export class StreamPainter {
  readonly #context: CanvasRenderingContext2D
  readonly #ends = new Float64Array(PIECES)
  readonly #pictures = new WeakMap<StreamWindow, BinPicture>()

  constructor(context: CanvasRenderingContext2D) {
    this.#context = context
  }

  draw(scene: StreamScene, ratio: number): void {
    const context = this.#context
    const { layout, theme } = scene
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, layout.widthPx, layout.heightPx)
    context.font = `11px ${theme.font}`
    this.#drawGrid(scene)
    this.#clipped(scene, () => {
      this.#drawRows(scene)
      if (scene.data !== null) {
        if (scene.data.spans !== null) this.#drawSpans(scene, scene.data)
        else this.#drawBins(scene, scene.data)
        this.#outline(scene, scene.data)
      }
    })
    this.#drawNames(scene)
    if (layout.hasLoop) this.#drawLoop(scene)
    this.#drawMarkers(scene)
  }

  #clipped({ layout }: StreamScene, draw: () => void): void {
    const context = this.#context
    const { gutterPx, lanesTopPx, plotWidthPx, lanesHeightPx } = layout
    context.save()
    context.beginPath()
    context.rect(gutterPx, lanesTopPx, plotWidthPx, lanesHeightPx)
    context.clip()
    draw()
    context.restore()
  }

  #drawGrid({ layout, view, theme }: StreamScene): void {
    const context = this.#context
    const bottom = layout.lanesTopPx + layout.lanesHeightPx
    context.textBaseline = 'middle'
    context.textAlign = 'center'
    for (const { atMs, label } of timeMarks(view.fromMs, view.toMs, layout.plotWidthPx / MARK_GAP_PX)) {
      const x = Math.round(xOf(layout, view, atMs)) + 0.5
      context.fillStyle = theme.line
      context.fillRect(x - 0.5, layout.lanesTopPx, 1, layout.lanesHeightPx)
      context.fillStyle = theme.textDim
      const half = context.measureText(label).width / 2
      const inside = Math.min(layout.widthPx - half - 2, Math.max(layout.gutterPx + half, x))
      context.fillText(label, inside, bottom + 11)
    }
  }

  /** A line beneath each worker, and the ground of each lane. */
  #drawRows({ layout, view, theme, data }: StreamScene): void {
    if (data === null) return
    const context = this.#context
    context.fillStyle = theme.line
    for (let at = 1; at < data.lanes.length / 2; at += 1) {
      const isBoundary = data.lanes[at * 2] !== data.lanes[at * 2 - 2]
      if (isBoundary)
        context.fillRect(layout.gutterPx, yOf(layout, view, data.firstLane + at) - 1, layout.plotWidthPx, 1)
    }
  }

  #drawNames({ layout, view, theme, data, words }: StreamScene): void {
    if (data === null) return
    const context = this.#context
    const { gutterPx, lanesTopPx, lanesHeightPx, rowPx } = layout
    context.save()
    context.beginPath()
    context.rect(0, lanesTopPx, gutterPx, lanesHeightPx)
    context.clip()
    context.textBaseline = 'middle'
    let named = -1
    for (let at = 0; at < data.lanes.length / 2; at += 1) {
      const [worker, lane] = [data.lanes[at * 2]!, data.lanes[at * 2 + 1]!]
      const y = yOf(layout, view, data.firstLane + at)
      if (y + rowPx <= lanesTopPx || y >= lanesTopPx + lanesHeightPx) continue
      const isFirst = worker !== named
      named = worker
      const middle = Math.max(y, lanesTopPx) + Math.max(rowPx, 13) / 2
      if (isFirst) {
        context.textAlign = 'left'
        context.fillStyle = theme.text
        context.fillText(words.worker(worker), 4, middle)
        if (y > lanesTopPx) {
          context.fillStyle = theme.line
          context.fillRect(0, y - 1, gutterPx, 1)
        }
      }
      if (rowPx < LANE_NAME_PX) continue
      context.textAlign = 'right'
      context.fillStyle = lane === CPU_LANE ? theme.lines.cpu : theme.textFaint
      context.fillText(laneName(lane), gutterPx - 6, y + rowPx / 2)
    }
    context.restore()
  }

  #drawSpans(scene: StreamScene, data: StreamWindow): void {
    const context = this.#context
    const colours = streamColours(scene.theme)
    for (const [position, phase] of STREAM_PHASES.entries()) {
      context.fillStyle = colours[phase]
      context.globalAlpha = phase === 'other' ? 0.45 : 1
      for (let at = 0; at < spanCountOf(data); at += 1) this.#fillPhase(scene, data, at, position)
    }
    context.globalAlpha = 1
    this.#hatch(scene, data)
    context.fillStyle = colours.failed
    for (let at = 0; at < spanCountOf(data); at += 1) this.#markFailed(scene, data, at)
  }

  #fillPhase(scene: StreamScene, data: StreamWindow, at: number, position: number): void {
    const box = this.#boxOf(scene, data, at)
    if (box === null) return
    const { startMs, endMs, y, usedPx, isCpuLane } = box
    const phase = STREAM_PHASES[position]!
    if (scene.isSpread || isCpuLane) {
      const share = isCpuLane
        ? 1
        : Math.min(1, data.spans![at * STREAM_SPAN_WIDTH + STREAM_SPAN.cpuMs]! / (endMs - startMs || 1))
      if (phase === 'cpu' && share > 0)
        this.#fill(scene, startMs, endMs, y + usedPx * (1 - share), usedPx * share)
      // Above what was computed, and no higher than other waiting.
      else if (phase === 'firstByte' && !isCpuLane)
        this.#fill(scene, startMs, endMs, y + usedPx * 0.45 * (1 - share), usedPx * 0.55 * (1 - share))
      return
    }
    const ends = this.#piecesOf(data, at, startMs, endMs)
    let fromMs = startMs
    for (let piece = 0; piece < PIECES; piece += 1) {
      const untilMs = ends[piece]!
      if (untilMs > fromMs && PIECE_PHASE[piece] === position) {
        const height = Math.max(1, Math.round(usedPx * PHASE_HEIGHT[phase]))
        this.#fill(scene, fromMs, untilMs, y + usedPx - height, height)
      }
      fromMs = untilMs
    }
  }

  /** What was too short to be seen is still a pixel wide: nothing that happened is nothing. */
  #fill({ layout, view }: StreamScene, fromMs: number, toMs: number, y: number, height: number): void {
    const from = xOf(layout, view, fromMs)
    const width = xOf(layout, view, toMs) - from
    this.#context.fillRect(from, y, width > 4 ? width - 0.5 : Math.max(1, width), height)
  }

  #hatch(scene: StreamScene, data: StreamWindow): void {
    const { layout, view, theme } = scene
    if (layout.rowPx < 8 || scene.isSpread) return
    const context = this.#context
    context.strokeStyle = theme.surface
    context.lineWidth = 1
    context.beginPath()
    for (let at = 0; at < spanCountOf(data); at += 1) {
      const box = this.#boxOf(scene, data, at)
      if (box === null || box.isCpuLane) continue
      const ends = this.#piecesOf(data, at, box.startMs, box.endMs)
      const [from, to] = [xOf(layout, view, ends[1]!), xOf(layout, view, ends[2]!)]
      const height = Math.round(box.usedPx * PHASE_HEIGHT.connect)
      const bottom = box.y + box.usedPx
      for (let x = Math.max(from, layout.gutterPx); x < Math.min(to - 2, layout.widthPx); x += HATCH_PX) {
        context.moveTo(x, bottom)
        context.lineTo(Math.min(to, x + height), bottom - Math.min(height, to - x))
      }
    }
    context.stroke()
  }

  #markFailed(scene: StreamScene, data: StreamWindow, at: number): void {
    if (!hasFailed(data.spans![at * STREAM_SPAN_WIDTH + STREAM_SPAN.outcome]!)) return
    const box = this.#boxOf(scene, data, at)
    if (box === null || box.isCpuLane) return
    const context = this.#context
    this.#fill(scene, box.startMs, box.endMs, box.y, scene.layout.rowPx < 8 ? 1 : 2)
    if (scene.layout.rowPx < 10) return
    const end = Math.max(
      xOf(scene.layout, scene.view, box.endMs),
      xOf(scene.layout, scene.view, box.startMs) + 1,
    )
    context.beginPath()
    context.moveTo(end - 7, box.y)
    context.lineTo(end, box.y)
    context.lineTo(end, box.y + 7)
    context.fill()
  }

  #piecesOf(data: StreamWindow, at: number, startMs: number, endMs: number): Float64Array {
    const from = at * STREAM_SPAN_WIDTH
    const spans = data.spans!
    const phases = {
      cpuMs: spans[from + STREAM_SPAN.cpuMs]!,
      connectMs: spans[from + STREAM_SPAN.connectMs]!,
      firstByteMs: spans[from + STREAM_SPAN.firstByteMs]!,
      bodyMs: spans[from + STREAM_SPAN.bodyMs]!,
    }
    pieceEnds(phases, startMs, endMs, this.#ends)
    return this.#ends
  }

  /** @returns Where a span stands; `null` when it is not seen. */
  #boxOf({ layout, view }: StreamScene, data: StreamWindow, at: number) {
    const from = at * STREAM_SPAN_WIDTH
    const [startMs, endMs] = [
      data.spans![from + STREAM_SPAN.startMs]!,
      data.spans![from + STREAM_SPAN.endMs]!,
    ]
    if (endMs < view.fromMs || startMs > view.toMs) return null
    const position = data.spans![from + STREAM_SPAN.row]!
    const y = yOf(layout, view, data.firstLane + position)
    if (y + layout.rowPx < layout.lanesTopPx || y > layout.lanesTopPx + layout.lanesHeightPx) return null
    const isCpuLane = data.lanes[position * 2 + 1] === CPU_LANE
    const gap = layout.rowPx >= 10 ? 2 : 1
    return { startMs, endMs, y: y + gap / 2, usedPx: layout.rowPx - gap, isCpuLane }
  }

  #drawBins({ layout, view, theme }: StreamScene, data: StreamWindow): void {
    const bins = data.bins!
    const lanes = data.lanes.length / 2
    if (lanes === 0) return
    const canvas = this.#binPicture(data, layout.rowPx, theme)
    const x = xOf(layout, view, bins.fromMs)
    const width = xOf(layout, view, bins.fromMs + bins.count * bins.binMs) - x
    const context = this.#context
    context.imageSmoothingEnabled = width < bins.count
    context.drawImage(canvas, x, yOf(layout, view, data.firstLane), width, lanes * layout.rowPx)
  }

  /** Painted once for each answer; panning and zooming only move it. */
  #binPicture(data: StreamWindow, rowPx: number, theme: ChartTheme): HTMLCanvasElement {
    const colours = streamColours(theme)
    const key = `${rowPx} ${Object.values(colours).join()}`
    const known = this.#pictures.get(data)
    if (known?.key === key) return known.canvas
    const bins = data.bins!
    const canvas = document.createElement('canvas')
    canvas.width = bins.count
    canvas.height = Math.max(1, (data.lanes.length / 2) * rowPx)
    const pixels = paintBins(bins, rowPx, pixelColours(colours))
    const image = new ImageData(new Uint8ClampedArray(pixels.buffer), canvas.width, canvas.height)
    canvas.getContext('2d')!.putImageData(image, 0, 0)
    this.#pictures.set(data, { key, canvas })
    return canvas
  }

  #outline(scene: StreamScene, data: StreamWindow): void {
    if (data.spans === null) return
    const context = this.#context
    for (const [at, width] of [[scene.pointed, 1] as const, [scene.chosen, 2] as const]) {
      const box = at < 0 || at >= spanCountOf(data) ? null : this.#boxOf(scene, data, at)
      if (box === null) continue
      const x = xOf(scene.layout, scene.view, box.startMs)
      const spanWidth = Math.max(2, xOf(scene.layout, scene.view, box.endMs) - x)
      context.lineWidth = width
      context.strokeStyle = scene.theme.text
      context.strokeRect(x - 0.5, box.y - 0.5, spanWidth + 1, box.usedPx + 1)
    }
  }

  #drawLoop({ layout, view, theme, loop, words }: StreamScene): void {
    const context = this.#context
    const bottom = layout.lanesTopPx - 4
    const top = bottom - LOOP_PX + 2
    context.textBaseline = 'middle'
    context.textAlign = 'left'
    context.fillStyle = theme.text
    context.fillText(words.loop, 4, (top + bottom) / 2)
    context.fillStyle = theme.line
    context.fillRect(layout.gutterPx, bottom, layout.plotWidthPx, 1)
    context.fillStyle = theme.lines.cpu
    let fromMs = 0
    for (let at = 0; at < loop.length; at += 2) {
      const [untilMs, ratio] = [loop[at]!, loop[at + 1]!]
      if (untilMs > view.fromMs && fromMs < view.toMs && ratio > 0) {
        const from = Math.max(layout.gutterPx, xOf(layout, view, fromMs))
        const to = Math.min(layout.widthPx, xOf(layout, view, untilMs))
        const height = Math.max(1, Math.min(1, ratio) * (bottom - top))
        context.fillRect(from, bottom - height, Math.max(0.5, to - from), height)
      }
      fromMs = untilMs
    }
  }

  #drawMarkers({ layout, view, theme, markers }: StreamScene): void {
    const context = this.#context
    context.textBaseline = 'middle'
    context.textAlign = 'center'
    for (const { atMs, label, tone, isLabelled } of markers) {
      const x = Math.round(xOf(layout, view, atMs))
      if (x < layout.gutterPx || x > layout.widthPx) continue
      context.fillStyle = theme.lines[tone]
      context.fillRect(x, MARKERS_PX - 2, 1, layout.lanesTopPx + layout.lanesHeightPx - MARKERS_PX + 2)
      if (!isLabelled) continue
      const half = context.measureText(label).width / 2
      context.fillText(
        label,
        Math.min(layout.widthPx - half - 2, Math.max(layout.gutterPx + half, x)),
        MARKERS_PX / 2,
      )
    }
  }
}
