export const offence = process.env.DATABASE_URL;
