/** What every MISSION argument says of itself. */
export const MISSION = 'Id of a mission, a unique prefix of one, or `latest`.';

/** What every BUNDLE argument says of itself. */
export const BUNDLE = 'Folder or file of the specification.';
