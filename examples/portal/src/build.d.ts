/** Whether the schema can choose, at the time of the build. */
declare const CHOOSING: boolean;
declare module '*.css';
