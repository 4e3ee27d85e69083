import { readFileSync } from 'node:fs'

/** @returns The soft limit that holds for this process and those it starts; `null` where there is none or the system does not tell. */
export function readDescriptorLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}
