import { testRooms } from '../rooms.js';

await testRooms('others');
