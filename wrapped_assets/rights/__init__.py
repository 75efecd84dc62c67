"""A listener's rights, carried out: access and portability (`own_data`, Art. 15 and 20), and erasure (`erasing`, Art. 17).

Belongs: what is done for one person because they asked. Keep out: what is computed or delivered for everybody.
"""
