import type { Access, CommandName, StreamName } from './contract.ts'

/**
 * What each command and stream needs. `read` changes nothing, starts nothing, writes nothing to the disk and opens no
 * file but those of runs; whatever is added to the contract has to be decided about here.
 */
const NEEDED_ACCESS: Readonly<Record<CommandName | StreamName, Access>> = {
  'run.start': 'control',
  'run.resume': 'control',
  'load.preview': 'control',
  'run.find': 'control',
  'run.stop': 'control',
  'run.pause': 'control',
  'run.tune': 'control',
  'run.spans': 'read',
  'run.history': 'read',
  'runs.list': 'read',
  'runs.show': 'read',
  'runs.export': 'control',
  'runs.delete': 'control',
  'runs.restore': 'control',
  'runs.tag': 'control',
  'tasks.page': 'read',
  'tasks.show': 'read',
  'tasks.breakdown': 'read',
  'tasks.pivot': 'read',
  'tasks.stream': 'read',
  'tasks.retry': 'control',
  'export.make': 'control',
  'export.read': 'control',
  'export.drop': 'control',
  'input.inspect': 'control',
  'crawl.preview': 'control',
  'job.decide': 'read',
  'job.read': 'control',
  'upload.begin': 'control',
  'upload.write': 'control',
  'upload.end': 'control',
  'upload.drop': 'control',
  'compare.start': 'control',
  'compare.stop': 'control',
  'compare.show': 'read',
  'compare.list': 'read',
  'compare.delete': 'control',
  'compare.watch': 'read',
  'settings.get': 'read',
  'settings.set': 'control',
  'host.storage': 'read',
  'sessions.list': 'read',
  'sessions.revoke': 'control',
  'host.inspect': 'read',
  'desktop.redeem': 'control',
  'desktop.choose': 'control',
  'desktop.saveExport': 'control',
  'desktop.saveText': 'control',
  'run.events': 'read',
  'runs.watch': 'read',
  'desktop.wishes': 'control',
}

/** @returns Whether a view with `access` may ask for a command or a stream. */
export const mayAsk = (access: Access, name: CommandName | StreamName): boolean =>
  access === 'control' || NEEDED_ACCESS[name] === 'read'
