// Reads a calendar with ical.js: node feed.mjs < CALENDAR AS A JSON TEXT
import ICAL from 'ical.js';

let input = '';
for await (const part of process.stdin) input += part;
const calendar = new ICAL.Component(ICAL.parse(JSON.parse(input)));
const events = calendar.getAllSubcomponents('vevent').map((component) => {
  const event = new ICAL.Event(component, { strictExceptions: true });
  return {
    uid: event.uid,
    sequence: event.sequence,
    summary: event.summary,
    description: event.description,
    start: event.startDate.toString(),
    end: event.endDate.toString(),
    isAllDay: event.startDate.isDate && event.endDate.isDate,
    stamp: component.getFirstPropertyValue('dtstamp').toString(),
  };
});
const text = (name) => calendar.getFirstPropertyValue(name)?.toString();
console.log(JSON.stringify({
  name: text('x-wr-calname'), plainName: text('name'), method: text('method'), refresh: text('refresh-interval'), events,
}));
