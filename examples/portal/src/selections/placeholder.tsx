// Stands in for a photo: a drawing of the kind of thing that is chosen.

const DRAWINGS: [words: RegExp, path: string][] = [
  [/door/i, 'M7 20.500v-17h10v17M4.500 20.500h15M14 12.200v.6'],
  [/light|lamp|pendant|lantern/i, 'M12 3v4.500M6.500 14.500a5.500 5.500 0 0 1 11 0zM10 17.500a2 2 0 0 0 4 0'],
  [/faucet|sink|tap/i, 'M6.500 20.500h5M9 20.500V8.500a4.500 4.500 0 0 1 9 0v2M16 10.500h4M9 13H5.500M18 14v1.500'],
  [/range|oven|appliance|hood|fridge/i, 'M5 4.500h14v15.500H5zM5 9h14M8 6.800h.1M11 6.800h.1M14 6.800h.1M8 12h8v5H8z'],
  [/paint|palette|color/i, 'M12 4.500a7.500 7.500 0 1 0 0 15c1.500 0 1.800-1 1.300-2-.6-1.300.2-2.300 1.500-2.300h1.900c1.700 0 2.800-1.200 2.800-2.900 0-4.300-3.400-7.800-7.500-7.800zM8 11h.1M11 8h.1M15 9h.1'],
  [/wallpaper|curtain|rug|carpet|fabric/i, 'M6 4.500h12v15H6zM6 9.500c4-3 8 3 12 0M6 14.500c4-3 8 3 12 0'],
  [/tile|floor|stone|counter|surface/i, 'M4.500 4.500h15v15h-15zM12 4.500v7.500M4.500 12h15M8 12v7.500M16 12v7.500'],
  [/glass|window|shower|mirror/i, 'M6 3.500h12v17H6zM9 8.500l3-2.500M9 13l6-5M14.500 17.500v-2'],
  [/handle|hardware|pull|cabinet|cupboard/i, 'M4.500 4.500h15v15h-15zM12 4.500v15M9.500 11v3M14.500 11v3'],
  [/sofa|chair|couch|upholster|furniture/i, 'M6.500 11V7.500a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2V11M4 12a2 2 0 0 1 3 1.500V15h10v-1.500a2 2 0 0 1 3-1.500v6H4zM6 18v2M18 18v2'],
];
const HOUSE = 'M4 11.500 12 5l8 6.500M6 10v9.500h12V10M10 19.500v-5h4v5';

export function Placeholder({ title, category }: { title: string; category?: string | null }) {
  const named = (text: string) => DRAWINGS.find(([words]) => words.test(text))?.[1];
  const path = named(title) ?? named(category ?? '') ?? HOUSE;
  return (
    <svg className="placeholder" viewBox="-20 -9 64 42" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}
