module hotpool.test/client

go 1.19
