"""The secure reading rooms' part of the route table: the system officer keeps the register, keepers and the security
officer look, and each officer records his own inspections (RR-09).
"""

METHODS = """
rooms:rooms           GET +duty
rooms:new_room        GET POST +duty
rooms:room            GET +duty
rooms:change_room     GET POST +duty
rooms:inspect_room    GET POST +duty
rooms:place_terminal  GET POST +duty
rooms:close_room      POST +duty
rooms:reopen_room     POST +duty
"""

ROWS = """
rooms:rooms  GET -  200=system_officer,security_officer,room_keeper  403:duty-missing=no_room
rooms:new_room  GET -  200=system_officer  403:duty-missing=not_system
rooms:new_room  POST -  302:/rooms/=system_officer  403:duty-missing=not_system
rooms:new_room  POST? -  400=system_officer  403:duty-missing=not_system
rooms:room  GET room  200=system_officer,security_officer,room_keeper  403:duty-missing=no_room
rooms:room  GET absent  403:duty-missing=no_room
rooms:change_room  GET room  200=system_officer  403:duty-missing=not_system
rooms:change_room  GET absent  403:duty-missing=not_system
rooms:change_room  POST room  302:/rooms/=system_officer  403:duty-missing=not_system
rooms:change_room  POST? room  400=system_officer  403:duty-missing=not_system
rooms:change_room  POST absent  403:duty-missing=not_system
rooms:inspect_room  GET room  200=system_officer,security_officer  403:duty-missing=no_inspector
rooms:inspect_room  GET absent  403:duty-missing=no_inspector
rooms:inspect_room  POST room  302:/rooms/=system_officer  400=security_officer  403:duty-missing=no_inspector
rooms:inspect_room  POST? room  400=system_officer,security_officer  403:duty-missing=no_inspector
rooms:inspect_room  POST absent  403:duty-missing=no_inspector
rooms:place_terminal  GET room  200=system_officer  403:duty-missing=not_system
rooms:place_terminal  GET absent  403:duty-missing=not_system
rooms:place_terminal  POST room  302:/rooms/=system_officer  403:duty-missing=not_system
rooms:place_terminal  POST? room  400=system_officer  403:duty-missing=not_system
rooms:place_terminal  POST absent  403:duty-missing=not_system
rooms:close_room  POST room  302:/rooms/=system_officer  403:duty-missing=not_system
rooms:close_room  POST absent  403:duty-missing=not_system
rooms:reopen_room  POST room  302:/rooms/=system_officer  403:duty-missing=not_system
rooms:reopen_room  POST absent  403:duty-missing=not_system
"""
