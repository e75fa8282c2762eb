"""Rank and post of people, dated. Nothing is judged by them: letters name people by them."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, String, Table

from ingest.store.tables import metadata

# What somebody is called from a day on: his rank (pangkat), his post (jabatan), each by itself.
person_posts = Table(
    "person_posts",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True, autoincrement=False),
    Column("what", String(4), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("text", String(200), nullable=False),
    CheckConstraint("what IN ('rank', 'post')", name="known_what"),
)
