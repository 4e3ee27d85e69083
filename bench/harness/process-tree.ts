import { readdirSync, readFileSync } from 'node:fs'

const PAGE_BYTES = 4_096

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // A process may end between two looks at it.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** @returns Ids of a process and all its living descendants. */
export function processTree(pid: number): number[] {
  const children = threadsOf(pid).flatMap(thread =>
    (read(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(text => text !== ''),
  )
  return [pid, ...children.flatMap(child => processTree(Number(child)))]
}

/** @returns Resident bytes of a process and all its descendants; pages that they share count once for each. */
export function treeRssBytes(pid: number): number {
  let pages = 0
  for (const member of processTree(pid))
    pages += Number((read(`/proc/${member}/statm`) ?? '0 0').split(' ')[1])
  return pages * PAGE_BYTES
}

/** @returns CPU seconds of a process and all its living descendants so far; in steps of 10 ms. */
export const treeCpuSec = (pid: number): number =>
  processTree(pid).reduce((sum, member) => {
    const fields = statOf(String(member))
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100
  }, 0)

/** @returns CPU seconds of children that were waited for, with all they waited for; in steps of 10 ms. */
export function reapedCpuSec(): number {
  const fields = statOf('self')
  return (Number(fields[13]) + Number(fields[14])) / 100
}

/** The command's name may hold spaces and parentheses, so fields are counted from behind it: the state is the first. */
function statOf(process: string): readonly string[] {
  const stat = read(`/proc/${process}/stat`) ?? ''
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
