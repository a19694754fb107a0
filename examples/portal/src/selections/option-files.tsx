// Photos and files of an option.
import type { Option } from './selection';

/** Photos of an option, which choose it too. Its title says what they show. */
export function OptionPhotos({ option }: { option: Option }) {
  const photos = option.attachments.filter(({ file }) => file.image);
  if (photos.length === 0) return null;
  return (
    <span className="option-photos">
      {photos.map(({ id, file }) => (
        <img key={id} src={file.image?.url} width={file.image?.width} height={file.image?.height} alt="" loading="lazy" />
      ))}
    </span>
  );
}

/** Links to the files of an option: its photos at a larger size, and what is no photo. */
export function OptionFiles({ option }: { option: Option }) {
  if (option.attachments.length === 0) return null;
  return (
    <ul className="option-files">
      {option.attachments.map(({ id, file }) => (
        <li key={id}>
          <a href={file.picture?.url ?? file.download?.url} target="_blank" rel="noreferrer">
            {file.name}
          </a>
        </li>
      ))}
    </ul>
  );
}
