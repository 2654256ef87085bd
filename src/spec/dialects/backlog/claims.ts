const OWN = /(?:^|\/)\.?backlog\/(?:.*\/)?(?:config\.ya?ml|tasks\/.*|.*\.(?:json|ya?ml|proto))$/i;

export const claims = (path: string): boolean => OWN.test(path);
