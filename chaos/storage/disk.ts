import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SystemCall } from './system-calls.ts'

/** What a power loss does to what was written and not synced. */
export type Loss = 'nothing' | 'everything' | 'the last part' | 'sectors of 512' | 'sectors of 4096'

interface Times {
  readonly begin: number
  readonly end: number
}

/** A change of one file's bytes. */
type Change = Times & ({ readonly at: number; readonly bytes: Buffer } | { readonly length: number })

interface Inode {
  readonly changes: Change[]
  readonly syncs: Times[]
}

/** A change of what is in a directory: a name that points to a file, or to nothing any more. */
type NameChange = Times & { readonly parent: string } & (
    | { readonly directory: string }
    | { readonly path: string; readonly inode: Inode | null }
    | { readonly from: string; readonly to: string }
  )

/**
 * What a disk knows of a folder, by the calls that changed it: what is on it for certain at a moment is what a finished
 * sync covers, and of the rest any part may be there. Names come and go in the order in which they were changed, as on
 * file systems with a journal; a synced file whose name was not synced may be gone.
 */
export class Disk {
  readonly #root: string
  readonly #names = new Map<string, Inode>()
  readonly #nameChanges: NameChange[] = []
  readonly #directorySyncs: (Times & { readonly path: string })[] = []
  /** Where a write without a place goes, by path. */
  readonly #ends = new Map<string, number>()

  /** @param root The folder; empty at first. */
  constructor(root: string) {
    this.#root = root
  }

  /** @returns Whether the call concerned the folder. */
  take(call: SystemCall): boolean {
    const [path, other] = call.paths
    if (path === undefined || call.result < 0 || !path.startsWith(`${this.#root}/`))
      return this.#isRootSync(call)
    const { begin, end, name } = call
    if (name === 'openat') this.#open(path, call)
    else if (name.includes('write')) this.#write(path, call)
    else if (name === 'ftruncate') this.#change(path, { begin, end, length: call.numbers.at(-1)! })
    else if (name.endsWith('sync')) this.#sync(path, { begin, end })
    else if (name.startsWith('mkdir')) this.#rename({ begin, end, parent: dirname(path), directory: path })
    else if (name.startsWith('unlink')) this.#rename({ begin, end, parent: dirname(path), path, inode: null })
    else if (name.startsWith('rename'))
      this.#rename({ begin, end, parent: dirname(path), from: path, to: other! })
    return true
  }

  /**
   * Puts what is left after a power loss into the folder, in place of whatever is there.
   *
   * @param moment Calls that began before have happened, as far as the disk had them.
   * @param only Paths that are wanted; all of them unless said.
   */
  restore(
    moment: number,
    loss: Loss,
    random: () => number,
    only: (path: string) => boolean = () => true,
  ): void {
    for (const name of readdirSync(this.#root)) rmSync(join(this.#root, name), { recursive: true })
    const { directories, files } = this.#namesAt(moment, loss, random)
    for (const directory of directories) mkdirSync(directory, { recursive: true, mode: 0o700 })
    for (const [path, inode] of files) {
      if (only(path)) writeFileSync(path, contentAt(inode, { moment, loss, random }))
    }
  }

  #isRootSync({ name, paths: [path], begin, end }: SystemCall): boolean {
    if (path !== this.#root || !name.endsWith('sync')) return false
    this.#directorySyncs.push({ path, begin, end })
    return true
  }

  #open(path: string, { begin, end, flags }: SystemCall): void {
    if (!this.#names.has(path) && flags.includes('O_CREAT'))
      this.#rename({ begin, end, parent: dirname(path), path, inode: { changes: [], syncs: [] } })
    if (flags.includes('O_TRUNC')) this.#change(path, { begin, end, length: 0 })
    this.#ends.set(path, 0)
  }

  #write(path: string, { begin, end, name, bytes, numbers, result }: SystemCall): void {
    const at = name.startsWith('p') ? numbers.at(-1)! : (this.#ends.get(path) ?? 0)
    this.#ends.set(path, at + result)
    this.#change(path, { begin, end, at, bytes: bytes.subarray(0, result) })
  }

  #change(path: string, change: Change): void {
    this.#names.get(path)?.changes.push(change)
  }

  #sync(path: string, times: Times): void {
    const inode = this.#names.get(path)
    if (inode === undefined) this.#directorySyncs.push({ path, ...times })
    else inode.syncs.push(times)
  }

  #rename(change: NameChange): void {
    this.#nameChanges.push(change)
    applyName(this.#names, new Set(), change)
  }

  #namesAt(moment: number, loss: Loss, random: () => number) {
    const begun = this.#nameChanges.filter(({ begin }) => begin < moment)
    let certain = 0
    for (const [at, { parent, end }] of begun.entries()) {
      const isSynced = this.#directorySyncs.some(
        sync => sync.path === parent && sync.begin >= end && sync.end < moment,
      )
      if (isSynced) certain = at + 1
    }
    const uncertain = begun.length - certain
    const kept =
      loss === 'nothing' ? uncertain : loss === 'everything' ? 0 : Math.floor(random() * (uncertain + 1))
    const files = new Map<string, Inode>()
    const directories = new Set<string>()
    for (const change of begun.slice(0, certain + kept)) applyName(files, directories, change)
    return { files, directories }
  }
}

function applyName(files: Map<string, Inode>, directories: Set<string>, change: NameChange): void {
  if ('directory' in change) directories.add(change.directory)
  else if ('path' in change) {
    if (change.inode === null) files.delete(change.path)
    else files.set(change.path, change.inode)
  } else {
    const inode = files.get(change.from)
    files.delete(change.from)
    if (inode !== undefined) files.set(change.to, inode)
  }
}

interface Moment {
  readonly moment: number
  readonly loss: Loss
  readonly random: () => number
}

function contentAt({ changes, syncs }: Inode, { moment, loss, random }: Moment): Buffer {
  const synced = syncs
    .filter(({ end }) => end < moment)
    .reduce((last, { begin }) => Math.max(last, begin), -1)
  const begun = changes.filter(({ begin }) => begin < moment)
  const uncertain = begun.filter(({ end }) => end > synced)
  const keptUntil = Math.floor(random() * (uncertain.length + 1))
  const content = new Content()
  for (const change of begun) {
    if (change.end <= synced || loss === 'nothing') content.apply(change)
    else if (loss === 'the last part') {
      const place = uncertain.indexOf(change)
      if (place < keptUntil) content.apply(change)
      else if (place === keptUntil) content.apply(change, sectorsOf(512, random, 'beginning'))
    } else if (loss !== 'everything')
      content.apply(change, sectorsOf(loss === 'sectors of 512' ? 512 : 4_096, random, 'any'))
  }
  return content.bytes
}

/** @returns Which parts of a write reach the disk. */
function sectorsOf(
  sectorBytes: number,
  random: () => number,
  which: 'any' | 'beginning',
): (at: number, length: number) => [from: number, to: number][] {
  return (at, length) => {
    const parts: [number, number][] = []
    let isOver = false
    for (let from = 0; from < length;) {
      const to = Math.min(length, from + sectorBytes - ((at + from) % sectorBytes))
      const isKept = random() < 0.5
      if (which === 'beginning') isOver ||= !isKept
      if (which === 'any' ? isKept : !isOver) parts.push([from, to])
      from = to
    }
    return parts
  }
}

/** A file that is being put together. */
class Content {
  #bytes = Buffer.alloc(2 ** 16)
  #length = 0

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** @param parts Of a write; all of it unless said. A change of the length happens whole or not at all. */
  apply(change: Change, parts?: (at: number, length: number) => [number, number][]): void {
    if ('length' in change) {
      if (parts === undefined || parts(0, 1).length > 0) this.#setLength(change.length)
      return
    }
    const { at, bytes } = change
    for (const [from, to] of parts?.(at, bytes.length) ?? [[0, bytes.length]]) {
      if (at + to > this.#length) this.#setLength(at + to)
      bytes.copy(this.#bytes, at + from, from, to)
    }
  }

  #setLength(length: number): void {
    if (length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(length, this.#bytes.length * 2))
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    if (length < this.#length) this.#bytes.fill(0, length, this.#length)
    this.#length = length
  }
}
