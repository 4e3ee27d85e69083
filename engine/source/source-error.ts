import { JobError } from '../../shared/model/error.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the name is longer than the file system allows',
  EIO: 'the disk reported a read error',
  ENXIO: 'the device is gone',
  ESTALE: 'the network share lost it',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
}

/** @returns The system's `error` while reading `path`, as a sentence for people. */
export function sourceError(path: string, error: unknown): JobError {
  if (error instanceof JobError) return error
  const code = (error as NodeJS.ErrnoException | null)?.code
  const message = error instanceof Error ? error.message : String(error)
  const reason = code === undefined ? message : (REASONS[code] ?? message)
  return new JobError('E_SRC_IO', `cannot read ${path}: ${reason}`, { cause: error })
}
