import { formatTarget } from '../../../shared/model/load-target.ts'

/** Both kinds of slash: a path is of the machine where the host runs. */
const SLASH = /[\\/]/

export const nameOf = (path: string): string => path.split(SLASH).findLast(part => part !== '') ?? path

export function folderOf(path: string): string {
  const folder = path.slice(0, path.length - nameOf(path).length)
  return folder.length > 1 ? folder.replace(/[\\/]$/, '') : folder
}

export const joined = (folder: string, name: string): string => {
  const slash = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  return folder.endsWith(slash) ? `${folder}${name}` : `${folder}${slash}${name}`
}

export interface Places {
  /** First input of the job. */
  readonly input: string
  /** The host's data folder, once it is known: what was uploaded lies in it, and nobody looks there for results. */
  readonly dataDir: string
  /** Folder that results of uploads go to. */
  readonly isUploaded: boolean
}

/** @returns Beside the input; of an upload, the data folder itself, which outlives the upload. */
const folderFor = ({ input, dataDir, isUploaded }: Places): string => (isUploaded ? dataDir : folderOf(input))

/** @returns `sqlite:/home/me/data.db` for `/home/me/data.csv.gz`. */
export function defaultTargetOf(places: Places): string {
  const stem = nameOf(places.input)
    .replace(/\.(gz|zst)$/i, '')
    .replace(/(?<=.)\.[^.]*$/, '')
  return formatTarget({ kind: 'sqlite', path: joined(folderFor(places), `${stem}.db`), table: 'records' })
}

/** @returns A new name at each run: rejects of an earlier one are never written over. */
export const defaultRejectsOf = (places: Places, now: Date): string =>
  joined(folderFor(places), `${nameOf(places.input)}.${stampOf(now)}.rejects.jsonl`)

/** @returns `20261122-130500`, in local time. */
function stampOf(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
}
