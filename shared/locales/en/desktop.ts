/** Dialogs and notices of the desktop app. */
export const desktop = {
  'desktop.refusedSwitch':
    'Interleave does not start with --{name}: it would open the app to other programs.',
  'desktop.ask.read': 'Read this file?',
  'desktop.ask.write': 'Write to this file?',
  'desktop.ask.allow': 'Allow',
  'desktop.ask.refuse': 'Do not allow',
  'desktop.choose.files': 'Choose files',
  'desktop.choose.folder': 'Choose a folder',
  'desktop.close.title': { one: '{count} run goes on', other: '{count} runs go on' },
  'desktop.close.text':
    'Quitting lets tasks in flight end for up to 5 seconds. Everything settled is kept, and the run can be resumed.',
  'desktop.close.quit': 'Stop and quit',
  'desktop.close.keep': 'Keep running in the background',
  'desktop.close.cancel': 'Cancel',
  'desktop.notice.done': 'Done: {title}',
  'desktop.notice.failed': 'Failed: {title}',
  'desktop.notice.stopped': 'Stopped: {title}',
  'desktop.notice.text': '{ok} ok · {failed} failed · of {total}',
  'desktop.crash.title': 'The window stopped working several times',
  'desktop.crash.text':
    'Runs are not affected and go on. Open the window again, or quit; what was settled is kept either way.',
  'desktop.crash.again': 'Open the window again',
  'desktop.crash.quit': 'Quit',
  'desktop.openFailed': 'This cannot be opened',
} as const
