import type { Bundle } from '../../read-bundle.ts';
import type { SprintStory } from './sprint-status.ts';
import { type Numbered, storyId } from './story-number.ts';

/** The files that the sprint names stories by: reviews, reports and hand-overs of the same number lie beside them. */
export class StoryFiles {
  /** Names without extension, by the story's id. */
  readonly #names = new Map<string, Set<string>>();

  constructor(sprint: readonly SprintStory[], { files }: Bundle) {
    const there = new Set(files.map(({ path }) => nameOf(path)));
    for (const story of sprint) {
      const name = [story.key, `story-${story.key}`].map((each) => each.toLowerCase()).find((each) => there.has(each));
      if (name === undefined) continue;
      const id = storyId(story).toLowerCase();
      this.#names.set(id, (this.#names.get(id) ?? new Set()).add(name));
    }
  }

  /** Whether a file only tells of a story: another one is the story itself. */
  isAbout(path: string, story: Numbered): boolean {
    return this.#names.get(storyId(story).toLowerCase())?.has(nameOf(path)) === false;
  }
}

function nameOf(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.(?:md|markdown)$/i, '')
    .toLowerCase();
}
