import type { LineTone } from './theme.ts'

export interface KindStroke {
  readonly tone: LineTone
  /** Lengths of dashes and gaps in pixels; empty for a line without gaps. */
  readonly dash: readonly number[]
}

/** Lines of kinds that have no colour of their own, told apart by colour and by dashes. */
export const KIND_STROKES: readonly KindStroke[] = [
  { tone: 'kind1', dash: [] },
  { tone: 'kind2', dash: [8, 3] },
  { tone: 'kind3', dash: [2, 2] },
  { tone: 'kind4', dash: [10, 3, 2, 3] },
  { tone: 'kind5', dash: [4, 4] },
]

export const OTHERS_STROKE: KindStroke = { tone: 'neutral', dash: [] }
