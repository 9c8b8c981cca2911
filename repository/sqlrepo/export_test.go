package sqlrepo

// InUse returns how many connections somebody works with.
func InUse(db *DB) int { return db.reader.Stats().InUse + db.writer.Stats().InUse }
