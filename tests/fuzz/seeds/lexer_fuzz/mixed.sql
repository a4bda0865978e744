0CREATE TRIGGER t AFTER INSERT ON "a b" BEGIN SELECT 'it''s', x'00', [c], `d`; END; SELECT ?, ??, :n, $1, ?2 -- end
/* c */ FROM a JOIN b USING (x);
