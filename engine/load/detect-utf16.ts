import { isUtf8 } from 'node:buffer'

/** Data with a larger share of control characters, read as UTF-8, is hardly UTF-8. */
const CONTROL_RATIO = 0.1
/** Zero bytes in every second place, from this share on, show UTF-16 by themselves. */
const ZERO_RATIO = 0.2
/** Least share of zero bytes where line ends and spaces show UTF-16. */
const WEAK_ZERO_RATIO = 0.005
/** What is ten times more frequent one way than the other shows the order of the bytes. */
const DOMINANCE = 10
/** Most halves of characters, as a share of all units. */
const HALF_RATIO = 0.01

interface Utf16 {
  readonly encoding: 'utf-16le' | 'utf-16be'
  readonly evidence: string
}

/** Counts over the units of two bytes, read one way. */
interface Reading {
  /** Zero high bytes. */
  zeros: number
  /** Line ends, tabs and spaces. */
  spaces: number
  halves: number
}

/** @returns Why `head`, which has no byte order mark, is UTF-16; `null` when it is not. */
export function utf16Evidence(head: Buffer): Utf16 | null {
  const units = head.length >> 1
  if (units === 0 || !head.includes(0)) return null
  if (isUtf8(head) && controls(head) < CONTROL_RATIO * head.length) return null
  const little = read(head, 1)
  const big = read(head, 0)
  if (isOrdered(little, big, units)) return say('utf-16le', { units, even: big.zeros, odd: little.zeros })
  if (isOrdered(big, little, units)) return say('utf-16be', { units, even: big.zeros, odd: little.zeros })
  return null
}

function isOrdered(one: Reading, other: Reading, units: number): boolean {
  if (one.halves > HALF_RATIO * units) return false
  if (one.zeros >= ZERO_RATIO * units && one.zeros >= DOMINANCE * other.zeros) return true
  return (
    one.zeros >= WEAK_ZERO_RATIO * units &&
    one.spaces >= WEAK_ZERO_RATIO * units &&
    one.spaces > 0 &&
    one.spaces >= DOMINANCE * other.spaces
  )
}

/** @param highAt Where the high byte of a unit is: 0 or 1. */
function read(head: Buffer, highAt: 0 | 1): Reading {
  const reading = { zeros: 0, spaces: 0, halves: 0 }
  let isOpen = false
  for (let at = 0; at + 1 < head.length; at += 2) {
    const high = head[at + highAt] as number
    const low = head[at + 1 - highAt] as number
    if (high === 0) {
      reading.zeros += 1
      if (low === 0x20 || low === 0x0a || low === 0x0d || low === 0x09) reading.spaces += 1
    }
    const isHigh = high >= 0xd8 && high <= 0xdb
    const isLow = high >= 0xdc && high <= 0xdf
    if (isLow !== isOpen) reading.halves += 1
    isOpen = isHigh
  }
  return reading
}

/** @returns How many bytes are control characters other than white space. */
function controls(head: Buffer): number {
  let count = 0
  for (const byte of head) if (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) count += 1
  return count
}

function say(
  encoding: Utf16['encoding'],
  { units, even, odd }: { units: number; even: number; odd: number },
): Utf16 {
  const percent = (count: number): string => `${((100 * count) / units).toFixed(1)} %`
  return {
    encoding,
    evidence: `${percent(even)} of the bytes in even places and ${percent(odd)} of those in odd places are zero, as in ${encoding.toUpperCase()}`,
  }
}
