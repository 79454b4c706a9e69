import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fail } from '#diagnostics/diagnostic.js';
import { leadsOut } from './file/schema-parts.js';

/**
 * The absolute path of a file or folder that a configuration of unknown origin names, which need not exist. Throws a
 * DiagnosticError, `invalid-config`, where it leads out of `root` or into its `.git`: as written, or by a symbolic link
 * in any of its folders or at its end. Links below a folder that is named are not looked at.
 */
export function resolveInside(root: string, path: string): string {
  if (leadsOut(path)) refuse(path, 'leads out of the repository, or into `.git`');
  const top = realpathSync(root);
  const target = resolve(top, path.replaceAll('\\', '/'));
  const real = realPath(target, path);
  const inside = relative(top, real);
  if (isAbsolute(inside) || leadsOut(inside))
    refuse(path, 'is or lies behind a symbolic link out of the repository, or into `.git`');
  return target;
}

/** Where a path really is, even where its end does not exist; a link that leads nowhere counts by where it leads. */
function realPath(target: string, named: string, links = 0): string {
  // As many as Linux follows.
  if (links > 40) refuse(named, 'goes in circles by symbolic links');
  try {
    return realpathSync(target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') refuse(named, 'goes in circles by symbolic links');
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  }
  const parent = realPath(dirname(target), named, links);
  const own = join(parent, target.slice(target.lastIndexOf(sep) + 1));
  const link = lstatSync(own, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return link ? realPath(resolve(parent, readlinkSync(own)), named, links + 1) : own;
}

function refuse(path: string, message: string): never {
  return fail('invalid-config', {
    detail: `"${path}" ${message}.`,
    locations: [{ file: path }],
    help: ['Keep what the configuration names inside the repository.'],
  });
}
