/**
 * Colours by meaning: warm is CPU, cool is waiting, everywhere. Shades are the product's; terminals with fewer
 * colours get the nearest of theirs, and the meaning is always told by a word or a fill as well.
 */
export const INKS = [
  'cpu',
  'server',
  'body',
  'connect',
  'queue',
  'ok',
  'failed',
  'attention',
  'accent',
  'dim',
  'strong',
] as const
export type Ink = (typeof INKS)[number]

/** Bits of colour a terminal shows: none, 16 colours, 256, or all. */
export type ColorDepth = 1 | 4 | 8 | 24

type Shade = readonly [dark: string, light: string, of256: number, of16: number]

const SHADES: Readonly<Partial<Record<Ink, Shade>>> = {
  cpu: ['#F2A65A', '#C2631B', 215, 33],
  server: ['#5BB4E5', '#1F7FB8', 74, 36],
  body: ['#3E7CC4', '#1D5A9E', 68, 34],
  connect: ['#9B8AE0', '#6A56B8', 104, 35],
  queue: ['#5B6472', '#9AA3AF', 242, 90],
  ok: ['#4FB286', '#1F8A5B', 72, 32],
  failed: ['#E5645C', '#C23B33', 167, 31],
  attention: ['#E6C34A', '#9A7A00', 179, 33],
  accent: ['#5BB4E5', '#1F7FB8', 74, 36],
  dim: ['#8A94A3', '#6B7480', 246, 90],
}

const RESET = '\u001b[0m'

export interface PaintOptions {
  readonly depth: ColorDepth
  readonly isLight: boolean
}

/** @returns A function that puts `text` in an ink; text without colour is returned as it is. */
export function painter(options: PaintOptions): (ink: Ink, text: string) => string {
  if (options.depth === 1) return (_ink, text) => text
  const opening = Object.fromEntries(INKS.map(ink => [ink, sequence(ink, options)])) as Record<Ink, string>
  return (ink, text) => (text === '' ? text : `${opening[ink]}${text}${RESET}`)
}

function sequence(ink: Ink, { depth, isLight }: PaintOptions): string {
  const shade = SHADES[ink]
  if (shade === undefined) return '\u001b[1m'
  const [dark, light, of256, of16] = shade
  if (depth === 4) return `\u001b[${of16}m`
  if (depth === 8) return `\u001b[38;5;${of256}m`
  const hex = Number.parseInt((isLight ? light : dark).slice(1), 16)
  return `\u001b[38;2;${hex >> 16};${(hex >> 8) & 255};${hex & 255}m`
}

export type ColorWish = 'auto' | 'always' | 'never'

interface ColorStream {
  readonly isTTY?: boolean
  getColorDepth?(env?: object): number
}

/**
 * How many colours a stream gets. `NO_COLOR` (set and not empty) and `FORCE_COLOR` (0 to 3) come before what the
 * terminal says; an explicit wish comes before both.
 */
export function colorDepth(stream: ColorStream, env: NodeJS.ProcessEnv, wish: ColorWish): ColorDepth {
  if (wish === 'never') return 1
  const forced = forcedDepth(env['FORCE_COLOR'])
  const own = stream.isTTY === true && env['TERM'] !== 'dumb' ? stream.getColorDepth?.(withoutWishes(env)) : 1
  if (wish === 'always') return atLeast16(forced ?? own)
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return 1
  if (forced !== undefined) return forced
  return own === 4 || own === 8 || own === 24 ? own : 1
}

function forcedDepth(value: string | undefined): ColorDepth | undefined {
  switch (value) {
    case undefined:
      return undefined
    case '0':
    case 'false':
      return 1
    case '2':
      return 8
    case '3':
      return 24
    default:
      return 4
  }
}

const atLeast16 = (depth: number | undefined): ColorDepth => (depth === 8 || depth === 24 ? depth : 4)

const withoutWishes = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_DISABLE_COLORS: _node, ...rest } = env
  return rest
}

/** @returns Whether the terminal says that its background is light; dark when it says nothing. */
export function isLightBackground(env: NodeJS.ProcessEnv): boolean {
  const background = env['COLORFGBG']?.split(';').at(-1)
  return background === '7' || background === '15'
}
