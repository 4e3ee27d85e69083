import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** @returns Ids of the processes of a group that still run; those that only wait to be reaped do not count. */
export function livingMembers(group: number): number[] {
  return states()
    .filter(({ pgid, state }) => pgid === group && !state.startsWith('Z') && !state.startsWith('X'))
    .map(({ pid }) => pid)
}

/** @returns Whether every process of the group has ended before `withinMs` had passed. */
export async function isGroupGone(group: number, withinMs: number): Promise<boolean> {
  const endMs = performance.now() + withinMs
  while (livingMembers(group).length > 0) {
    if (performance.now() > endMs) return false
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return true
}

interface ProcessState {
  readonly pid: number
  readonly pgid: number
  readonly state: string
}

const states = (): ProcessState[] => (existsSync('/proc/self/stat') ? linuxStates() : psStates())

function linuxStates(): ProcessState[] {
  return readdirSync('/proc').flatMap(name => {
    const stat = /^\d+$/.test(name) ? readStat(name) : undefined
    if (stat === undefined) return []
    // The command's name may hold spaces and parentheses, so fields are counted from behind it.
    const [state = '', , pgid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [{ pid: Number(name), pgid: Number(pgid), state }]
  })
}

function readStat(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch (error) {
    // It ended between the listing and the look.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}

function psStates(): ProcessState[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' })
  return table
    .trim()
    .split('\n')
    .map(line => {
      const [pid, pgid, state = ''] = line.trim().split(/\s+/)
      return { pid: Number(pid), pgid: Number(pgid), state }
    })
}
