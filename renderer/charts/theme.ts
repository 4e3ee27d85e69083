import { shallowRef, type ShallowRef } from 'vue'

import type { Tone } from '../components/tones.ts'

/** What lines of a chart are drawn in: a tone, one phase of a task, or one of several kinds. */
export type LineTone = Tone | 'body' | 'connect' | 'accent' | 'kind1' | 'kind2' | 'kind3' | 'kind4' | 'kind5'

/** The tokens that a canvas cannot read by itself. */
export interface ChartTheme {
  readonly lines: Readonly<Record<LineTone, string>>
  readonly text: string
  readonly textDim: string
  readonly textFaint: string
  readonly line: string
  readonly surface: string
  readonly floating: string
  readonly font: string
}

const TOKENS: Readonly<Record<LineTone, string>> = {
  ok: '--ok',
  failed: '--failed',
  attention: '--attention',
  cpu: '--cpu',
  wait: '--first-byte',
  neutral: '--text-dim',
  body: '--body',
  connect: '--connect',
  accent: '--accent',
  kind1: '--kind1',
  kind2: '--kind2',
  kind3: '--kind3',
  kind4: '--kind4',
  kind5: '--kind5',
}

/** @returns The theme that the page shows now. */
export function readTheme(root: Element): ChartTheme {
  const style = getComputedStyle(root)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  const lines = Object.fromEntries(Object.entries(TOKENS).map(([tone, name]) => [tone, token(name)]))
  return {
    lines: lines as Record<LineTone, string>,
    text: token('--text'),
    textDim: token('--text-dim'),
    textFaint: token('--text-faint'),
    line: token('--line'),
    surface: token('--surface-1'),
    floating: token('--surface-3'),
    font: token('--font'),
  }
}

let shared: ShallowRef<ChartTheme> | undefined

/** The theme's colours, read anew whenever another one is chosen; one observer for the page. */
export function useChartTheme(): Readonly<ShallowRef<ChartTheme>> {
  if (shared === undefined) {
    const root = document.documentElement
    const theme = shallowRef(readTheme(root))
    new MutationObserver(() => {
      theme.value = readTheme(root)
    }).observe(root, { attributes: true, attributeFilter: ['data-theme'] })
    shared = theme
  }
  return shared
}
