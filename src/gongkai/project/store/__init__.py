"""An object store with the S3 interface (对象存储) for attachments and backups; nothing here is imported unless it is configured."""
