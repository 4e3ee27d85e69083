import { useRouter } from 'vue-router'

import type { PlottedRun } from '../../charts/RunDots.vue'
import { useText } from '../../composables/useText.ts'
import type { RunDot } from '../../stores/compare/ranking.ts'

const TEXTS = {
  counted: 'compare.run',
  outlier: 'compare.run.outlier',
  void: 'compare.run.void',
} as const

/** @returns Runs as they are plotted: each leads to its own page. */
export function usePlottedRuns(): (dots: readonly RunDot[]) => readonly PlottedRun[] {
  const { t, format } = useText()
  const router = useRouter()
  return dots =>
    dots.map(({ run, is }) => ({
      is,
      value: run.throughputPerSec,
      href: router.resolve({ name: 'run', params: { runId: run.runId } }).href,
      text: t(TEXTS[is], { number: run.block + 1, rate: format.perSecond(run.throughputPerSec) }),
    }))
}
