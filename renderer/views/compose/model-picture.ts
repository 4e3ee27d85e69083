/** What a picture shows of a model: boxes are processes, lanes are event loops, folds the tasks that wait meanwhile. */
export interface PictureOf {
  readonly processes: number
  readonly threads: number
  readonly inFlight: number
  /** False for work that only computes: then a task that is in flight waits for its turn, not for a server. */
  readonly isWaiting: boolean
}

export interface Frame {
  readonly width: number
  readonly height: number
  /** Most of each that are drawn. */
  readonly boxes: number
  readonly lanes: number
  readonly folds: number
}

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Bar extends Rect {
  readonly is: 'cpu' | 'wait' | 'queue'
}

export interface Picture {
  readonly boxes: readonly Rect[]
  readonly bars: readonly Bar[]
  /** How many of each there are beyond what is drawn. */
  readonly more: { readonly boxes: number; readonly lanes: number; readonly folds: number }
}

const GAP = 6
const PADDING = 5
const SLICE_GAP = 1.5
/** Of a lane's height: the loop itself; its folds share the rest. */
const LOOP_SHARE = 0.4
/** Nothing gets clearer by being higher. */
const MOST_LOOP = 26
const MOST_FOLD = 10

/** Lays a model out in a frame; nothing in it depends on chance, so that it changes only with its numbers. */
export function pictureOf(model: PictureOf, frame: Frame): Picture {
  const boxCount = Math.min(model.processes, frame.boxes)
  const laneCount = Math.min(model.threads, frame.lanes)
  const foldCount = Math.min(model.inFlight - 1, frame.folds)
  const boxes = grid(boxCount, frame)
  const bars = boxes.flatMap((box, at) =>
    rowsOf(inner(box), laneCount).flatMap((lane, row) =>
      laneBars(lane, { folds: foldCount, shift: at * laneCount + row, isWaiting: model.isWaiting }),
    ),
  )
  const more = {
    boxes: model.processes - boxCount,
    lanes: model.threads - laneCount,
    folds: model.inFlight - 1 - foldCount,
  }
  return { boxes, bars, more }
}

/** Boxes of one size, about as wide as they are high times three. */
function grid(count: number, { width, height }: Frame): Rect[] {
  const columns = count <= 1 ? 1 : count <= 4 ? 2 : count <= 9 ? 3 : 4
  const rows = Math.ceil(count / columns)
  const boxWidth = (width - 2 - GAP * (columns - 1)) / columns
  const boxHeight = (height - 2 - GAP * (rows - 1)) / rows
  return Array.from({ length: count }, (_, at) => ({
    x: 1 + (at % columns) * (boxWidth + GAP),
    y: 1 + Math.floor(at / columns) * (boxHeight + GAP),
    width: boxWidth,
    height: boxHeight,
  }))
}

const inner = ({ x, y, width, height }: Rect): Rect => {
  const padding = Math.min(PADDING, height / 6)
  return { x: x + padding, y: y + padding, width: width - 2 * padding, height: height - 2 * padding }
}

function rowsOf({ x, y, width, height }: Rect, count: number): Rect[] {
  const gap = Math.min(GAP, height / count / 4)
  const rowHeight = (height - gap * (count - 1)) / count
  return Array.from({ length: count }, (_, at) => ({
    x,
    y: y + at * (rowHeight + gap),
    width,
    height: rowHeight,
  }))
}

interface LaneShape {
  readonly folds: number
  /** Begins elsewhere in the pattern, so that lanes do not march in step. */
  readonly shift: number
  readonly isWaiting: boolean
}

const laneBars = (lane: Rect, shape: LaneShape): Bar[] =>
  shape.folds > 0 ? foldedLane(lane, shape) : plainLane(lane, shape)

/** Parts of a task's time that are computed and waited, a task after the other. */
const COMPUTED = [0.3, 0.22, 0.36, 0.26] as const
const TASK_PART = 0.25

function plainLane({ x, y, width, height }: Rect, { shift, isWaiting }: LaneShape): Bar[] {
  const barHeight = Math.min(height, MOST_LOOP)
  const top = y + (height - barHeight) / 2
  return COMPUTED.flatMap((_, at): Bar[] => {
    const from = x + width * TASK_PART * at
    const taskWidth = width * TASK_PART - SLICE_GAP
    const place = { y: top, height: barHeight }
    if (!isWaiting) return [{ ...place, x: from, width: taskWidth, is: 'cpu' }]
    const computed = taskWidth * COMPUTED[(at + shift) % COMPUTED.length]!
    return [
      { ...place, x: from, width: computed, is: 'cpu' },
      { ...place, x: from + computed, width: taskWidth - computed, is: 'wait' },
    ]
  })
}

/** The loop computes without a pause; beneath it each fold waits from its own slice on. */
function foldedLane({ x, y: top, width, height }: Rect, { folds, isWaiting }: LaneShape): Bar[] {
  const slices = Math.max(8, folds + 3)
  const sliceWidth = width / slices
  const loopHeight = Math.min(MOST_LOOP, height * LOOP_SHARE)
  const foldHeight = Math.min(MOST_FOLD, (height - loopHeight) / folds)
  const y = top + (height - loopHeight - folds * foldHeight) / 2
  const loop = Array.from({ length: slices }, (_, at): Bar => ({
    x: x + at * sliceWidth,
    y,
    width: sliceWidth - SLICE_GAP,
    height: loopHeight,
    is: 'cpu',
  }))
  const waits = Array.from({ length: folds }, (_, at): Bar => ({
    x: x + (at + 1) * sliceWidth,
    y: y + loopHeight + at * foldHeight + foldHeight * 0.25,
    width: Math.min(width - (at + 1) * sliceWidth, width * 0.62),
    height: Math.max(1, foldHeight * 0.6),
    is: isWaiting ? 'wait' : 'queue',
  }))
  return [...loop, ...waits]
}
