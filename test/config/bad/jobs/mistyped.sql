SELECT day
FROM t
WHERE day >= :from AND day < :tos
