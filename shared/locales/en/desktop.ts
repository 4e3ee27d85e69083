/** Dialogs and messages of the desktop app. */
export const desktop = {
  'desktop.refusedSwitch':
    'Interleave does not start with --{name}: it would open the app to other programs.',
  'desktop.ask.read': 'Read this file?',
  'desktop.ask.write': 'Write to this file?',
  'desktop.ask.allow': 'Allow',
  'desktop.ask.refuse': 'Do not allow',
  'desktop.choose.files': 'Choose files',
  'desktop.choose.folder': 'Choose a folder',
  'desktop.openFailed': 'This cannot be opened',
} as const
